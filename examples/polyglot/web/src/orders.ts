interface Order {
  readonly number: number
  readonly customer: string
  readonly product: string
  readonly status: string
}

const retryAfter = 1000

/** Shows each order as it comes, and what becomes of it, the newest first. `line` says whether it is live. */
export function followOrders(list: HTMLElement, line: HTMLElement): void {
  const source = new EventSource('/api/orders/live')
  const rows = new Map<number, HTMLElement>()
  source.onopen = () => {
    // it tells every order again
    list.replaceChildren()
    rows.clear()
    line.textContent = 'Live'
  }
  source.onmessage = ({ data }) => {
    const order: Order = JSON.parse(data)
    const row = rows.get(order.number) ?? document.createElement('li')
    if (!row.isConnected) list.prepend(row)
    rows.set(order.number, row)
    row.dataset.status = order.status
    row.textContent = `${order.product} for ${order.customer}: ${order.status}`
  }
  source.onerror = () => {
    line.textContent = 'The counter can’t be reached. Trying again'
    // a browser reconnects by itself after a broken stream, but not after an answer that is none
    if (source.readyState === EventSource.CLOSED) setTimeout(() => followOrders(list, line), retryAfter)
  }
}
