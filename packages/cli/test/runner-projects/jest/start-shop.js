import { flask } from 'devlaunch'
import { shareServer } from 'devlaunch/jest'

export default shareServer(flask, { cwd: 'shop' })
