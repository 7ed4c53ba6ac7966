// A client with the types that openapi-typescript makes of openapi.json: it
// compiles only when they fit, and calls the service for some operations.
// Returns what is wrong.

import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

type Position = components['schemas']['Position'];
type PositionIn = components['schemas']['PositionIn'];

export async function client(baseUrl: string, owner: string):
    Promise<string[]>
{
    const problems: string[] = [];
    const api = createClient<paths>({ baseUrl, headers: { 'X-Owner': owner } });

    const check = (right: boolean, what: string): void => {
        if (!right) {
            problems.push(what);
        }
    };

    const added = await api.POST('/watchlist', { body: { ticker: 'msft' } });
    check(added.data?.status === 'added', 'the ticker is not added');

    const body: PositionIn = {
        position_type: 'stock', ticker: 'MSFT', quantity: 3,
        transaction_date: '2026-02-03', purchase_price: 400,
    };
    const made = await api.POST('/positions', {
        body, params: { header: { 'Idempotency-Key': 'typed' } },
    });
    const position: Position | undefined = made.data;
    check(position?.quantity === 3, 'the position is not made');

    const board = await api.GET('/dashboard', {
        params: { query: { tickers: 'MSFT' } },
    });
    const rsi: number | null | undefined = board.data?.stocks[0]?.stock_data.rsi;
    check(typeof rsi === 'number', 'the dashboard has no RSI');
    const held = board.data?.stocks[0]?.strategy_data.stock_positions;
    check(held?.[0]?.id === position?.id, 'the position is not in the stock');

    const chain = await api.GET('/stocks/{ticker}/options', {
        params: { path: { ticker: 'MSFT' }, query: { type: 'call' } },
    });
    const contracts = chain.data?.contracts ?? [];
    check(contracts.length > 0 && contracts.every((o) =>
        o.option_type === 'call'), 'the calls are not calls');

    const refused = await api.POST('/positions', { body: { ...body,
                                                           quantity: 0 } });
    check(refused.response.status === 422, 'no shares are taken');

    // which of the two forms an error has is told apart by its type
    const detail = refused.error?.detail;
    const where = typeof detail === 'string' ? '' : detail?.[0]?.loc.join('.');
    check(where === 'body.quantity', `the bad field is ${where}`);

    return problems;
}
