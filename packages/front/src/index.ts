export type { Front, FrontName, Site, Static, Tls } from './front.ts'
export { launchBehind, prepareBehind } from './launch.ts'
export { type FrontOptions, frontNamed, fronts } from './place.ts'
