/** What `--help` shows. */
export const USAGE = `Usage: vitals-agent --name NAME --control-plane URL --endpoint URL --service-type TYPE [options]

The agent of a provider: registers it at a Vitals control plane, and sends its heartbeats and its resources.

Who the provider is
  --name NAME               unique in the fleet                            [VITALS_NAME]
  --control-plane URL       may be given several times, for failover       [VITALS_CONTROL_PLANE, with commas]
  --endpoint URL            where the provider accepts work
  --service-type TYPE       such as vm
  --schema-version VERSION  default v1
  --display-name TEXT
  --zone ZONE, --region REGION
  --label KEY=VALUE         may be given several times
  --operation NAME          may be given several times

What it has
  --capacity LIST           such as cpu=4,memory=8GB,storage=1TB,node=1
  --capability NAME         may be given several times
  --info-exec COMMAND       writes JSON: {"capacity": {…}, "allocated": {…}, "capabilities": […]};
                            run after every heartbeat, sent when it has changed

Its phase; without --exec or --http it is Ready for as long as the agent runs
  --exec COMMAND            by exit code: 0 Ready, 1 NotReady, 3 Starting, 4 Draining, 5 Maintenance;
                            any other NotReady. VITALS_DRAIN_REQUESTED=1 is set while a drain is requested
  --http URL                2xx Ready, else NotReady; only a JSON body is read: a "phase" in it
                            takes precedence over the status
  --check-every DURATION    default 5s
  --exec-timeout DURATION   for a command or an answer; default 5s. A longer run is killed and counts as NotReady
  --on-drain COMMAND        run once for each request to drain; the phase is Draining from then on

Its token, if the control plane requires one; better from the environment or a file than on the command line
  --token-file FILE         stores the issued token                        [VITALS_TOKEN_FILE]
  --registration-token T    creates a new name                             [VITALS_REGISTRATION_TOKEN]
  --token TOKEN             the provider's own, if it is known             [VITALS_TOKEN]

  --verbose                 write every heartbeat to the log
  --help, --version

SIGTERM and SIGINT end it after a last heartbeat with the phase Draining.
Exit codes: 0 ended by a signal, 2 wrong arguments, 3 permanently refused by the control plane
(unauthenticated, forbidden, generation-stale, provider-id-conflict); answers of other servers do not count.
`;
