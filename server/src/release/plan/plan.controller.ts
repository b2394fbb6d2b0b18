import { DeploymentForm } from '../../deployment/deployment.dto.js';
import { toDeployment } from '../../deployment/upload.service.js';
import { Multipart, type MultipartForm } from '../../http/multipart.js';
import { QueryParams } from '../../http/parameters.js';
import { RestError } from '../../http/rest-error.js';
import { ApiResource, Route } from '../../http/route.js';
import { DeploymentPlanDto, PlanParameters, toDeploymentPlanDto } from './plan.dto.js';
import { DeploymentPlanService } from './plan.service.js';

@ApiResource('deployment', 'Deployment Plan')
export class DeploymentPlanController {
  constructor(private readonly plans: DeploymentPlanService) {}

  @Route({
    method: 'POST',
    path: 'plan',
    operationId: 'planDeployment',
    summary: 'What a deployment would do, to running instances too; nothing is stored',
    consumes: { mediaType: 'multipart/form-data', schema: DeploymentForm },
    response: DeploymentPlanDto,
  })
  async plan(
    @Multipart() form: MultipartForm,
    @QueryParams(PlanParameters) { failOn }: PlanParameters,
  ): Promise<DeploymentPlanDto> {
    const plan = toDeploymentPlanDto(await this.plans.plan(toDeployment(form)));
    const { verdict } = plan;
    if (verdict === 'broken' ? failOn !== undefined : verdict === failOn) {
      const { broken, attention } = plan.counts.problems;
      const message = `The deployment plan's verdict is '${verdict}': ${broken} broken, ${attention} to attend to`;
      throw new RestError(422, 'DeploymentPlanException', message, 0, plan);
    }
    return plan;
  }
}
