/** What `--help` shows. */
export const USAGE = `Usage: vitals-agent --name NAME --control-plane URL --endpoint URL --service-type TYPE [options]

Keeps a provider alive in the eyes of a Vitals control plane: registers it, sends its heartbeats and its resources.

Who the provider is
  --name NAME               unique in the fleet                            [VITALS_NAME]
  --control-plane URL       may be given several times, for failover       [VITALS_CONTROL_PLANE, with commas]
  --endpoint URL            where the provider takes its work
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
                            any other NotReady. Finds VITALS_DRAIN_REQUESTED=1 while an operator asks to drain
  --http URL                2xx Ready, else NotReady; a body is not waited for, unless it is JSON: a "phase" in it
                            decides before the status
  --check-every DURATION    default 5s
  --exec-timeout DURATION   for a command or an answer; default 5s. What takes longer is killed, and NotReady
  --on-drain COMMAND        run once for each request to drain; the phase is Draining from then on

Its token, if the control plane asks for one; better from the environment or a file than on the command line
  --token-file FILE         keeps the token that is issued                 [VITALS_TOKEN_FILE]
  --registration-token T    creates a new name                             [VITALS_REGISTRATION_TOKEN]
  --token TOKEN             the provider's own, if it is known             [VITALS_TOKEN]

  --verbose                 write every heartbeat to the log
  --help, --version

SIGTERM and SIGINT end it after a last heartbeat that says Draining.
Exit codes: 0 ended by a signal, 2 wrong arguments, 3 refused for good by the control plane
(unauthenticated, forbidden, generation-stale, provider-id-conflict), not by whoever else answers at its address.
`;
