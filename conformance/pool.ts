/** Runs a job for each number below `count`, so many of them at a time. */
export async function pool(
  count: number,
  width: number,
  job: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await job(index)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker))
}
