/** Mapping templates: Velocity's language, as far as API Gateway has it. */
export { valueAt } from './json-path.ts';
export { inputOf, utilities, type TemplateInput } from './host-objects.ts';
export { renderTemplate, type Scope } from './render.ts';
export { TemplateError } from './syntax.ts';
