/** Where the answers are served; `false` switches one off. Paths begin with `/`. */
export interface HealthEndpointPaths {
  /** Base of the MicroProfile endpoints; default `/health`. */
  readonly health?: string | false;
  /** Prometheus metrics; default `/metrics` below `health`. */
  readonly metrics?: string | false;
  /** Dapr's healthz; default `/v1.0/healthz` and `/healthz`. */
  readonly healthz?: readonly string[] | false;
  /** The list of components; default `/health/components`. */
  readonly components?: readonly string[] | false;
  /** Liveness in the words of Kubernetes' API server; default `/livez`. */
  readonly livez?: string | false;
  /** Readiness in the words of Kubernetes' API server; default `/readyz`. */
  readonly readyz?: string | false;
}
