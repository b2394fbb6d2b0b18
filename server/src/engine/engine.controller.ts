import { Type } from '@sinclair/typebox';
import { Resource, Route } from '../http/route.js';
import { Dto } from '../http/schema.js';

const ProcessEngineDto = Dto('ProcessEngineDto', { name: Type.String() });

@Resource('engine', 'Engine')
export class EngineController {
  @Route({
    method: 'GET',
    operationId: 'getProcessEngineNames',
    summary: 'The engines of this server: one',
    response: Type.Array(ProcessEngineDto),
  })
  list() {
    return [{ name: 'default' }];
  }
}
