import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

test('the API description says what bodies must be, from the validators themselves', async () => {
  const { body: api } = await service.get('/api/docs-json').expect(200);
  expect(api.openapi).toBe('3.1.0');
  const { schemas } = api.components;
  expect(schemas.NewBatch).toMatchObject({
    type: 'object',
    required: ['product', 'facility', 'lot', 'producedFrom', 'producedUntil', 'quantity'],
    additionalProperties: false,
    properties: {
      product: { type: 'string', format: 'uuid' },
      lot: { type: 'string', maxLength: 100 },
      quantity: { $ref: '#/components/schemas/QuantityDto' },
    },
  });
  expect(schemas.QuantityDto.properties.value.pattern).toContain('\\d');
  expect(schemas.NewProduct.required).not.toContain('gtin');
  expect(schemas.NewProduct.properties.packaging).toEqual({
    type: 'array',
    maxItems: 20,
    items: { $ref: '#/components/schemas/PackagingDto' },
  });
  expect(schemas.NewPassport.properties.disclosure).toEqual({ enum: ['ordinary', 'all-inputs'] });
  expect(schemas.NewFootprint.properties.imports).toMatchObject({ type: 'array', items: { format: 'uuid' } });
  const refs = [...JSON.stringify(api).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    (match) => match[1] as string,
  );
  for (const name of refs)
    expect([name, Object.keys(schemas[name]?.properties ?? {}).length]).not.toEqual([name, 0]);
  await service.get('/api/docs').expect(200);
});
