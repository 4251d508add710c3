declare module 'parse-prometheus-text-format' {
  /** A family of series with labels. */
  export interface MetricFamily {
    readonly name: string;
    readonly type: string;
    readonly help: string;
    readonly metrics: readonly {
      readonly labels?: Readonly<Record<string, string>>;
      readonly value?: string;
    }[];
  }

  /** Reads Prometheus' text exposition format 0.0.4; throws on lines that it cannot read. */
  export default function parsePrometheusTextFormat(text: string): MetricFamily[];
}
