/** What one simulation is made of. Rates are per hour of virtual time. */
export interface Scenario {
  readonly seed: number;
  readonly services: number;
  readonly hours: number;
  /** Services that have the same tag. */
  readonly servicesPerTag: number;
  /** Faults of one service: it is down, slow, flaps, is denied, its passes stop or are lost. */
  readonly faults: number;
  /** Registrations anew and deregistrations of one service. */
  readonly requests: number;
  /** Failures of most services of one tag at once. */
  readonly massFailures: number;
  /** How long a mass failure holds without further goings, in hours. */
  readonly holdHours: number;
  /** Scale-downs of 60 % of the services of one tag, on purpose: half of them deregister, half just stop. */
  readonly scaleDowns: number;
  readonly crashes: number;
  readonly standstills: number;
  readonly storeOutages: number;
  readonly wallClockJumps: number;
  /** Times in which no look can be judged. */
  readonly blindness: number;
}

/** A day of a thousand services, in which everything goes wrong several times. */
export function dayOf(seed: number): Scenario {
  return {
    seed,
    services: 1_000,
    hours: 24,
    servicesPerTag: 35,
    faults: 0.4,
    requests: 0.1,
    massFailures: 0.05,
    holdHours: 6,
    scaleDowns: 0,
    crashes: 0.4,
    standstills: 1.5,
    storeOutages: 0.3,
    wallClockJumps: 0.4,
    blindness: 0.2,
  };
}

/** The same faults for few services in a short time, each more often. */
export function shortOf(seed: number): Scenario {
  return {
    ...dayOf(seed),
    services: 200,
    hours: 1 / 3,
    servicesPerTag: 20,
    faults: 3,
    requests: 0.6,
    massFailures: 1,
    crashes: 12,
    standstills: 18,
    storeOutages: 8,
    wallClockJumps: 6,
    blindness: 2,
  };
}

/** Little goes wrong but scale-downs, and the hold of a mass failure is over before the end. */
export function scaledDownOf(seed: number): Scenario {
  return {
    ...shortOf(seed),
    services: 120,
    hours: 0.7,
    faults: 0.5,
    requests: 0,
    massFailures: 0,
    holdHours: 0.2,
    scaleDowns: 2,
    crashes: 4,
    standstills: 6,
    storeOutages: 2,
    blindness: 0,
  };
}
