// The post's own page: keys press the buttons that show them.
import { openKeys } from './post.js'
import './remarks.js'

openKeys(() => document.querySelector('.post'))
