/** How a service is run. */
export interface ServiceOptions {
    /** For people. */
    readonly name: string;
    readonly command: string;
    readonly args: readonly string[];
    /** A folder of its own, which is removed when the service is. */
    readonly folder: string;
    /** The port on loopback that it listens on once it is ready. */
    readonly port: number;
    readonly environment?: Readonly<Record<string, string>>;
    /** Who it runs as, where that is not who runs the tests. */
    readonly user?: {
        readonly uid: number;
        readonly gid: number;
    };
    /** How long it may take to listen, in milliseconds; default 20 s. */
    readonly startWithinMs?: number;
}
/** A server that tests start, hang, end and start again; all of its processes are ended with it. */
export declare class Service {
    private readonly options;
    private child;
    constructor(options: ServiceOptions);
    get port(): number;
    /** Resolves once it listens; rejects with the end of its log if it does not. */
    start(): Promise<this>;
    /** Makes it hang: its connections stay open, and nothing is answered. Resolves once no thread runs any more. */
    hang(): Promise<void>;
    /** Ends what `hang` began. */
    resume(): void;
    /** Ends it as a crash would; it may be started again. */
    kill(): Promise<void>;
    /** Ends it and removes its folder. */
    remove(): Promise<void>;
    private processes;
    private signal;
    private startFailure;
}
//# sourceMappingURL=service.d.ts.map