/** Where the opened database is. Inject by this class. */
export class DatabaseUrl {
  constructor(
    readonly url: string,
    readonly isEmbedded: boolean,
  ) {}
}
