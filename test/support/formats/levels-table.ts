/** The contents of each level of detail at each path; `levels.spec.ts` of the library holds it to that. */
export const LEVELS = `## Levels of detail

[The README of the library](../libs/health/README.md#who-sees-what) describes which caller gets which level. A level is the same at every path and in every format:

| where                                          | \`status\`                                   | \`names\`                                                        | \`full\`                                    |
| ---------------------------------------------- | -------------------------------------------- | ---------------------------------------------------------------- | ------------------------------------------- |
| \`/health\` and below, every format of JSON     | state and code of the whole                  | name and state of each check                                     | data, reasons, durations, times             |
| the text format, \`/livez\`, \`/readyz\`          | the closing line                             | a line for each check                                            | no more: reasons are always withheld        |
| Prometheus                                     | \`health_status\`                            | states, counters and durations of each check, labelled with its name and \`source\`, its \`id\` or its module, class and method | no more: labels do not depend on the level or the caller |
| \`healthz\`, \`outbound\` that are not ready     | the error code                               | the app id and the targets that are missing                      | no more                                     |
| \`healthz?components=true\`, in all approaches  | the code alone, without a body               | name, type, status and error code of each component              | \`message\`                                 |
| \`/health/components\` and one component        | the code, and of one component its status    | name, type, status, and whether it is critical                   | last error, durations, times                |
| a route of the app that is a check             | state and code                               | its name and state                                               | data, reason, duration, time                |
| gRPC                                           | statuses; \`List\` has the whole and kinds   | \`List\` also has groups and checks                              | no more: gRPC has no field for it           |
| a 404                                          | the name that was asked for                  | the same                                                         | the same                                    |`;
