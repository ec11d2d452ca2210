export {
  type Adapter,
  type AnyAdapter,
  Cleaner,
  DevlaunchError,
  type ErrorCode,
  type Exit,
  type Interpreter,
  type LaunchEvent,
  type LaunchOptions,
  type Logs,
  launch,
  type Plan,
  type PlanOptions,
  type Policy,
  type PrepareOptions,
  type Process,
  type Proof,
  prepare,
  type Reason,
  type Refusal,
  type Risk,
  risks,
  type Server,
  type Socket,
  type Stall,
  type Stream,
  type Terminal,
} from '@devlaunch/core'
export { type DjangoOptions, django } from '@devlaunch/django'
export { type FlaskOptions, flask } from '@devlaunch/flask'
export { type GunicornOptions, gunicorn } from '@devlaunch/gunicorn'
export { type HttpOptions, http } from '@devlaunch/http'
export { type UvicornOptions, uvicorn } from '@devlaunch/uvicorn'
export { type WsgiOptions, wsgi } from '@devlaunch/wsgi'
