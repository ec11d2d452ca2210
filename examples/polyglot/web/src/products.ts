export interface Product {
  readonly slug: string
  readonly name: string
  readonly price: string
  readonly description: string
  readonly hue: number
}

/** A product, and the button that orders it. */
export function productCard({ name, price, description, hue }: Product): HTMLElement {
  const card = document.createElement('li')
  card.style.setProperty('--hue', String(hue))
  const button = element('button', 'order', `Order`)
  button.value = name
  button.ariaLabel = `Order ${name}`
  card.append(
    element('div', 'picture'),
    element('h3', '', name),
    element('span', 'price', price),
    element('p', 'quiet', description),
    button,
  )
  return card
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text = '',
): HTMLElementTagNameMap[Name] {
  return Object.assign(document.createElement(name), { className, textContent: text })
}
