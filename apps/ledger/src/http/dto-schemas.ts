// Shapes of request bodies for the API description, read from the validators that check them: one definition, so the
// description cannot promise another shape than the door takes.
import { createRequire } from 'node:module';
import type { OpenAPIObject } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';

// class-transformer keeps what @Type said, and has no public door to it
const { defaultMetadataStorage } = createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
  readonly defaultMetadataStorage: {
    findTypeMetadata(target: Dto, member: string): { readonly typeFunction?: () => unknown } | undefined;
  };
};

type Schema = Record<string, unknown>;
type Rule = {
  readonly propertyName: string;
  readonly type: string;
  readonly name?: string;
  readonly constraints?: readonly unknown[];
  readonly each: boolean;
};
type Dto = abstract new (...args: never[]) => object;

const REF = '#/components/schemas/';

/** Fills the schemas that are named like a validated class, and those nested in them. */
export function describeBodies(document: OpenAPIObject): OpenAPIObject {
  const schemas: Record<string, Schema> = { ...(document.components?.schemas as Record<string, Schema>) };
  const classes = new Map<string, Dto>();
  for (const target of validatedClasses()) classes.set(target.name, target);
  const open = Object.keys(schemas).filter((name) => classes.has(name));
  const done = new Set<string>();
  while (open.length > 0) {
    const name = open.pop() as string;
    const target = classes.get(name);
    if (!target || done.has(name)) continue;
    done.add(name);
    schemas[name] = schemaOf(target, (nested) => open.push(nested));
  }
  return { ...document, components: { ...document.components, schemas: schemas as never } };
}

/** Every class that has a validator on one of its members. */
function validatedClasses(): Dto[] {
  const storage = getMetadataStorage() as unknown as { validationMetadatas: Map<Dto, unknown> };
  return [...storage.validationMetadatas.keys()].filter((target) => typeof target === 'function');
}

function schemaOf(target: Dto, visit: (name: string) => void): Schema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(
    target,
    '',
    true,
    false,
  ) as unknown as Rule[];
  const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const name of names) {
    const own = rules.filter(({ propertyName }) => propertyName === name);
    const nested = nestedName(target, name);
    if (nested) visit(nested);
    properties[name] = memberOf(own, nested);
    if (!own.some(({ type }) => type === 'conditionalValidation')) required.push(name);
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function nestedName(target: Dto, member: string): string | null {
  const found = defaultMetadataStorage.findTypeMetadata(target, member)?.typeFunction?.();
  return typeof found === 'function' && found !== Number ? found.name : null;
}

function memberOf(rules: readonly Rule[], nested: string | null): Schema {
  const isList = rules.some(({ name }) => name === 'isArray');
  const list: Schema = { type: 'array' };
  const item: Schema = nested ? { $ref: `${REF}${nested}` } : {};
  for (const rule of rules) Object.assign(isList && !rule.each ? list : item, keywordsOf(rule));
  return isList ? { ...list, items: item } : item;
}

/** JSON Schema 2020-12 keywords of one validator; none for what JSON Schema cannot say. */
function keywordsOf({ name, constraints = [] }: Rule): Schema {
  const [first, second] = constraints;
  switch (name) {
    case 'isString':
      return { type: 'string' };
    case 'isBoolean':
      return { type: 'boolean' };
    case 'isInt':
      return { type: 'integer' };
    case 'isUuid':
      return { type: 'string', format: 'uuid' };
    case 'isEthereumAddress':
      return { type: 'string', pattern: '^0x[0-9a-fA-F]{40}$' };
    case 'isObject':
      return { type: 'object' };
    case 'isLength':
      return { minLength: first, ...(second !== undefined && { maxLength: second }) };
    case 'maxLength':
      return { maxLength: first };
    case 'matches':
      return { type: 'string', pattern: (first as RegExp).source };
    case 'isIn':
      return { enum: first };
    case 'min':
      return { minimum: first };
    case 'max':
      return { maximum: first };
    case 'arrayMinSize':
      return { minItems: first };
    case 'arrayMaxSize':
      return { maxItems: first };
    case 'arrayUnique':
      return { uniqueItems: true };
    default:
      return {};
  }
}
