import { Module } from '@nestjs/common';
import { DeploymentController } from './deployment.controller.js';
import { DeploymentQueries } from './deployment.query.js';
import { UploadService } from './upload.service.js';

/** The REST side of deployments; the deployment service itself belongs to the server's core. */
@Module({ controllers: [DeploymentController], providers: [DeploymentQueries, UploadService] })
export class DeploymentModule {}
