export { findDotnetRoots, findDotnets, frameworksIn } from './find-dotnets.ts';
export { findJavas, findNode, findPythons, findRubies } from './find-interpreters.ts';
export { probeLanguages } from './probe-languages.ts';
