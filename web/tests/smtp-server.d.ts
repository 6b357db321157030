/** What the tests use of npm's `smtp-server`, which brings no types. */
declare module "smtp-server" {
  type Done = (error?: Error | null, answer?: unknown) => void;
  interface Session {
    readonly envelope: { readonly rcptTo: readonly { readonly address: string }[] };
  }
  interface Options {
    readonly key: string;
    readonly cert: string;
    readonly onAuth: (auth: { username: string; password: string }, session: Session, done: Done) => void;
    readonly onRcptTo: (to: { address: string }, session: Session, done: Done) => void;
    readonly onData: (stream: NodeJS.ReadableStream, session: Session, done: Done) => void;
  }
  export class SMTPServer {
    constructor(options: Options);
    on(event: "error", heard: (error: Error) => void): void;
    listen(port: number, host: string, ready: () => void): void;
    close(ended: () => void): void;
  }
}
