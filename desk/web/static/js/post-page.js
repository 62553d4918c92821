// The post's own page: keys press the buttons that show them.
import { openKeys } from './post.js'
import './remarks.js'
import { openRewriting } from './rewrite.js'

openKeys(() => document.querySelector('.post'))
openRewriting(() => location.assign(`${location.pathname}?said=rewritten`))
