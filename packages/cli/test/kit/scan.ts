import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { pixels } from './pixels.ts'

const module = readFile(fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')))

type Screen = Parameters<typeof pixels>[1]

/** The QR codes that ZXing finds on a screen of this text; those that are light on dark only where that is asked. */
export async function scan(text: string, screen: Screen, { inverted = false } = {}): Promise<string[]> {
  const { buffer, byteOffset, byteLength } = await module
  prepareZXingModule({
    overrides: { wasmBinary: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer },
  })
  const found = await readBarcodes(pixels(text, screen), {
    formats: ['QRCode'],
    tryInvert: inverted,
    tryRotate: false,
  })
  return found.map(({ text }) => text)
}
