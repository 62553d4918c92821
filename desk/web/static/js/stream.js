// Server-sent events of a POST: one call per event as it comes; throws when it breaks or is refused.
export async function stream(address, body, signal, on) {
  const answer = await fetch(address, { method: 'POST', body, signal, headers: { Accept: 'text/event-stream' } })
  if (!answer.ok || !answer.body) throw new Error(String(answer.status))
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    rest += value
    const blocks = rest.split('\n\n')
    rest = blocks.pop()
    for (const block of blocks) {
      const lines = block.split('\n')
      const kind = lines.find(line => line.startsWith('event: '))?.slice(7)
      const data = lines.filter(line => line.startsWith('data: ')).map(line => line.slice(6)).join('\n')
      if (kind) on(kind, JSON.parse(data || '{}'))
    }
  }
}
