// Inside the WeCom client one tap puts the text into the chat that is open; the SDK is fetched there alone.
import { say } from './hand.js'
import { toast } from './toast.js'

export const inside = /wxwork\//i.test(navigator.userAgent)
const CHATS = new Set(['single_chat_tools', 'group_chat_tools', 'chat_attachment', 'single_kf_tools'])
const CALLS = ['getContext', 'sendChatMessage']
let starting

// {sent: true}, or {sent: false, sure, why}: not sure means that the client gave no answer, so nothing may be done by itself
export async function tap(text, words) {
  let ww
  try {
    ww = await within(8, starting ??= start(words))
    const { entry } = await within(8, ww.getContext())
    if (!CHATS.has(entry)) return { sent: false, sure: true, why: words.nochat }
  } catch (error) {
    starting = undefined
    return { sent: false, sure: true, why: error.said ?? words.nosdk }
  }
  try {
    await within(20, ww.sendChatMessage({ msgtype: 'text', enterChat: false, text: { content: text } }))
    return { sent: true }
  } catch (error) {
    if (error.late) return { sent: false, sure: false, why: words.unsure }
    const cancelled = /cancel/.test(error.errMsg ?? '')
    return { sent: false, sure: true, cancelled, why: cancelled ? words.cancelled : words.nosdk }
  }
}

// tap, and what is said and done after it: `copyInstead` where it is sure that nothing went
export async function tapOrCopy(button, text, copyInstead) {
  button.disabled = true
  try {
    const end = await tap(text, button.dataset)
    if (end.sent) { toast(button.dataset.sent, { seconds: 4 }); return true }
    say(end.why)
    if (end.sure && !end.cancelled) await copyInstead(end.why)
    else toast(end.why, { seconds: 8, alarm: !end.sure })
    return false
  } finally { button.disabled = false }
}

export function show(root = document) {
  if (!inside) return
  for (const button of root.querySelectorAll('[data-tap]')) {
    button.hidden = false
    button.classList.add('ink')
  }
}

// the SDK lets go of one promise when it registers; what the client refused there is said where it is asked for
if (inside) addEventListener('unhandledrejection', event => { if (event.reason?.errMsg) event.preventDefault() })

async function start(words) {
  const ww = await import('../vendor/wecom-jssdk.js')
  const first = await signed(location.href.split('#')[0], words)
  const of = kind => async url => {
    const found = url === first.url ? first : await signed(url, words)
    return { timestamp: found[kind].timestamp, nonceStr: found[kind].nonce, signature: found[kind].signature }
  }
  ww.register({
    corpId: first.corp_id, agentId: first.agent_id, jsApiList: CALLS,
    getConfigSignature: of('corp'), getAgentConfigSignature: of('app'),
  })
  await ww.ensureConfigReady()
  return ww
}

async function signed(url, words) {
  const answer = await fetch(`/wecom/signatures?url=${encodeURIComponent(url)}`, { headers: { Accept: 'application/json' } })
  const found = await answer.json()
  if (!answer.ok) throw Object.assign(new Error('unsigned'), { said: found.said ?? words.nosdk })
  return { ...found, url }
}

function within(seconds, promise) {
  let clock
  const late = new Promise((_, reject) => { clock = setTimeout(() => reject(Object.assign(new Error('late'), { late: true })), seconds * 1000) })
  return Promise.race([promise, late]).finally(() => clearTimeout(clock))
}
