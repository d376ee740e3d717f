import { Module } from '@nestjs/common';
import { Exchange } from './exchange.ts';
import { NeighboursController } from './neighbours.controller.ts';

@Module({ controllers: [NeighboursController], providers: [Exchange], exports: [Exchange] })
export class ExchangeModule {}
