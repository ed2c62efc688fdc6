// What workerd itself holds.
declare module 'cloudflare:workers' {
  export class DurableObject<Bindings> {
    protected readonly ctx: import('./platform.ts').ObjectContext;
    protected readonly env: Bindings;
    constructor(ctx: import('./platform.ts').ObjectContext, env: Bindings);
  }
}
