export { backendConformance } from './backend-conformance.ts'
export { callIndexConformance } from './call-index-conformance.ts'
export type { Case } from './cases.ts'
export { storeConformance } from './store-conformance.ts'
