import { ask } from './api.ts'
import { one } from './one.ts'
import { followOrders } from './orders.ts'
import { type Product, productCard } from './products.ts'

const form = one('form', HTMLFormElement)
const problem = one('#problem', HTMLElement)
const customer = one('input[name=customer]', HTMLInputElement)

async function showProducts(): Promise<void> {
  const { products } = await ask<{ products: Product[] }>('The catalog', '/api/catalog/products')
  one('#products', HTMLElement).replaceChildren(...products.map(productCard))
}

async function order(product: string): Promise<void> {
  await ask('The counter', '/api/orders', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ customer: customer.value.trim(), product }),
  })
}

/** What goes wrong is said in one sentence, with a button that tries the same thing again. */
async function attempt(action: () => Promise<void>): Promise<void> {
  problem.hidden = true
  try {
    await action()
  } catch (error) {
    one('#problem span', HTMLElement).textContent = error instanceof Error ? error.message : String(error)
    one('#problem button', HTMLButtonElement).onclick = () => attempt(action)
    problem.hidden = false
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { submitter } = event
  if (submitter instanceof HTMLButtonElement) void attempt(() => order(submitter.value))
})

void attempt(showProducts)
followOrders(one('#orders', HTMLElement), one('#line', HTMLElement))
