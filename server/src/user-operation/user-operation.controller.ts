import { Type } from '@sinclair/typebox';
import { Body, Path } from '../http/parameters.js';
import { QueryInput } from '../http/query-input.js';
import { Resource, Route } from '../http/route.js';
import { CountDto } from '../http/schema.js';
import { OperationAnnotationDto, UserOperationDto, UserOperationQuery } from './user-operation.dto.js';
import { UserOperations } from './user-operation.query.js';

type Input = QueryInput<UserOperationQuery>;

@Resource('history/user-operation', 'Historic User Operation Log')
export class UserOperationController {
  constructor(private readonly operations: UserOperations) {}

  @Route({
    method: 'GET',
    operationId: 'queryUserOperationEntries',
    summary: 'What users did',
    response: Type.Array(UserOperationDto),
  })
  list(@QueryInput(UserOperationQuery) input: Input): Promise<UserOperationDto[]> {
    return this.operations.list(input);
  }

  @Route({
    method: 'GET',
    path: 'count',
    operationId: 'queryUserOperationCount',
    summary: 'How many entries there are of what users did',
    response: CountDto,
  })
  count(@QueryInput(UserOperationQuery, { paged: false }) input: Input): Promise<{ count: number }> {
    return this.operations.count(input);
  }

  @Route({
    method: 'PUT',
    path: ':operationId/set-annotation',
    operationId: 'setAnnotationUserOperationLog',
    summary: 'Say why it was done',
  })
  annotate(@Path('operationId') id: string, @Body(OperationAnnotationDto) body: OperationAnnotationDto): Promise<void> {
    return this.operations.annotate(id, body.annotation ?? null);
  }

  @Route({
    method: 'PUT',
    path: ':operationId/clear-annotation',
    operationId: 'clearAnnotationUserOperationLog',
    summary: 'Take the annotation away',
  })
  clearAnnotation(@Path('operationId') id: string): Promise<void> {
    return this.operations.annotate(id, null);
  }
}
