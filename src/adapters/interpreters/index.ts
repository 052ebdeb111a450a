export { findJavas, findNode, findPythons, findRubies } from './find-interpreters.ts';
export { probeLanguages } from './probe-languages.ts';
