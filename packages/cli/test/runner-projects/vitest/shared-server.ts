import { flask } from 'devlaunch'
import { shareServer } from 'devlaunch/vitest'

export default shareServer(flask, { cwd: 'shop' })
