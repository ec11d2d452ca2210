export type { Front, FrontName, Site, Static, Tls } from './front.ts'
export { launchBehind, prepareBehind } from './launch.ts'
export { type FrontOptions, fronts, isFront } from './place.ts'
