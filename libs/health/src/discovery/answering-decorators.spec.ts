import { Controller, Get, HttpCode, Redirect, Render } from '@nestjs/common';
import { ADAPTERS, boot, serve } from '../../test/health-app.js';
import { Health } from '../index.js';

/** A controller whose check has a decorator more. */
function checkedWith(decorator: MethodDecorator, enabled = true) {
  @Controller('app')
  class Checked {
    @Get('check')
    @decorator
    @Health({ enabled })
    check(): boolean {
      return false;
    }
  }
  return Checked;
}

describe.each(ADAPTERS)('a route that is a check, on %s', (_name, adapter) => {
  it.each([
    ['Redirect', Redirect('/elsewhere')],
    ['Render', Render('page')],
  ])('is refused at boot with @%s, which would answer in place of the check', async (name, decorator) => {
    for (const enabled of [true, false]) {
      await expect(boot({ adapter, controllers: [checkedWith(decorator, enabled)] })).rejects.toThrow(
        `Checked#check in App is a health check and has @${name}, which answers in its place; remove @${name}, or put the check on a method of its own`,
      );
    }
  });

  it('has the status of the check, whatever @HttpCode says', async () => {
    const { ask } = await serve({ adapter, controllers: [checkedWith(HttpCode(200))] });
    expect((await ask('/app/check')).status).toBe(503);
  });
});
