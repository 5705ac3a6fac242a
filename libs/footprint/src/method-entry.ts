/** Entry of the built method file: what a checker loads to compute a number again. */
export { computeFootprint, METHOD } from './compute.ts';
