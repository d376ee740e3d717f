import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Query } from '@tongsheng/bus';
import {
  ChannelQuestion,
  ChannelStatesQuery,
  ChannelTrial,
  UndoTrial,
  type ChannelHealth,
  type ChannelState,
  type ChannelTried,
  type TrialUndone,
} from '@tongsheng/contracts';
import { ChannelStates } from './channel-states.ts';

/** What people ask about channels. */
@Controller()
export class ChannelsController {
  constructor(private readonly states: ChannelStates) {}

  @Query('channels.states')
  async of(
    @Payload({ schema: ChannelStatesQuery }) { channels }: ChannelStatesQuery,
  ): Promise<{ rows: ChannelState[] }> {
    return { rows: await this.states.of(channels) };
  }

  @Query('channels.health')
  check(@Payload({ schema: ChannelQuestion }) { channelId }: ChannelQuestion): Promise<ChannelHealth> {
    return this.states.check(channelId);
  }

  @Query('channels.try')
  try(@Payload({ schema: ChannelTrial }) { channelId, to }: ChannelTrial): Promise<ChannelTried> {
    return this.states.try(channelId, to);
  }

  @Query('channels.undo_trial')
  undo(@Payload({ schema: UndoTrial }) { channelId, made }: UndoTrial): Promise<TrialUndone> {
    return this.states.undoTrial(channelId, made);
  }
}
