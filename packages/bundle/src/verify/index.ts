/** What judges bundles and catalogs without Nx, in programs and in `ingot verify`. */
export { bundleFormats, consumers, consumersOf } from '../formats.ts';
export type { BundleFormat, Consumer } from '../formats.ts';
export { treeOfFolder } from '../tree/from-folder.ts';
export { treeOfImage } from '../tree/from-image.ts';
export type { BundleTree, TreeEntry } from '../tree/tree.ts';
export { guessFormat } from './guess-format.ts';
export { verifyImage, verifyTree } from './verify-image.ts';
export type { VerifyTreeOptions } from './verify-image.ts';
