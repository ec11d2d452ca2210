export { stopShared as default } from 'devlaunch/jest'
