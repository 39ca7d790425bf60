// A Vendure as its makers ship it: no plug-ins, dummy payments, English, list pages of at most 100.
const { DefaultLogger, LogLevel, dummyPaymentHandler } = require('@vendure/core');

const { INTEROP_SOCKET_DIR, INTEROP_SQLITE, INTEROP_PORT, INTEROP_NEW } = process.env;

const database = INTEROP_SOCKET_DIR
    ? { type: 'postgres', host: INTEROP_SOCKET_DIR, username: 'postgres', database: 'postgres' }
    : { type: 'sqljs', location: INTEROP_SQLITE, autoSave: false };

exports.config = {
    logger: new DefaultLogger({ level: LogLevel.Error }),
    apiOptions: {
        hostname: '127.0.0.1',
        port: Number(INTEROP_PORT),
        adminApiPath: 'admin-api',
        shopApiPath: 'shop-api',
        adminListQueryLimit: 100,
    },
    authOptions: {
        tokenMethod: 'bearer',
        superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
        requireVerification: false,
    },
    dbConnectionOptions: { ...database, synchronize: INTEROP_NEW === '1', logging: false },
    paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
};
