/** Something that is kept and does not fit. */
export type Finding = {
  readonly kind:
    | 'entry'
    | 'leaf'
    | 'node'
    | 'head'
    | 'checkpoint'
    | 'anchor'
    | 'chain'
    | 'document'
    | 'credential'
    | 'file';
  /** Index, size, node or id. */
  readonly where: string;
  readonly problem: string;
};

export type Found = (kind: Finding['kind'], where: string, problem: string) => void;
