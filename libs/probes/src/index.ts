export { abortable, untilAborted } from './abortable.js';
export { ConnectionDenied, Connector, TlsContexts } from './connector.js';
export type { ConnectionStep, Destination, TlsDemand } from './connector.js';
export { dial, OpenConnector, secured } from './dial.js';
export { DnsProbe, resolveRecords } from './dns.probe.js';
export { denied, failure, type Finding, findingOf, spoken, success, unjudged, warning } from './finding.js';
export { type Host, hostOfUrl, hostText, isLocalhost, parseHost } from './host.js';
export { askOnce } from './http-exchange.js';
export { bodyFaultOf, type HttpExpectation, isExpected, maxBodyBytesOf } from './http.probe.js';
export {
  type HttpQuestion,
  isConnectionHeader,
  isHeader,
  questionOf,
  readHttpUrl,
  type UrlFault,
} from './http-request.js';
export { ProbeRun, type ProbeStep } from './probe-run.js';
export { Probes } from './probes.js';
export { endOf, reliedOn } from './tls.probe.js';
