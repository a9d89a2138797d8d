import type { IsoContent } from './input.ts';

/** Some content and where it lies, once for all files that have it. */
export interface IsoPlanExtent {
  /** The first file of the tree that has this content. */
  readonly path: string;
  /** First sector, also where the size is 0. */
  sector: number;
  /** In bytes. */
  readonly size: number;
  readonly content: IsoContent;
  readonly digest?: string;
}

export interface IsoPlanFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** First sector of its content; files of equal content have the same. */
  readonly sector: number;
}

/** An image before its bytes: where everything lies. Made by planIso; the same inputs make the same plan. */
export interface IsoPlan {
  readonly volumeId: string;
  /** Of the whole image, of 2,048 bytes each. */
  readonly sectors: number;
  /** Of the whole image, in bytes. */
  readonly size: number;
  /** In the order of the tree. */
  readonly files: readonly IsoPlanFile[];
  /** In the order of their sectors, without gaps. */
  readonly extents: readonly IsoPlanExtent[];
  /** The image up to the first content: descriptors, path tables, directories. */
  readonly head: Uint8Array;
}
