// Starts Vendure on loopback and says so: one line `ready <address>` on standard output.
//   INTEROP_PORT        port, 0 for any free one
//   INTEROP_NEW         1: create the tables and fill them before saying «ready»
//   INTEROP_SOCKET_DIR  PostgreSQL behind this folder's socket; else
//   INTEROP_SQLITE      a file that is written when newly filled and at the stop (SIGTERM), not in between
// Standard input is held open by whoever started this; when it closes, he is gone and so is this server.
const path = require('path');
const { bootstrap, JobQueueService, TransactionalConnection } = require('@vendure/core');
const { populate } = require('@vendure/core/cli');
const { config } = require('./config');
const { setup } = require('./setup');

process.stdin.on('close', () => process.exit(1)).resume();

async function open() {
    if (process.env.INTEROP_NEW !== '1') return bootstrap(config);
    const app = await populate(() => bootstrap(config), setup, path.join(__dirname, 'catalogue.csv'));
    await save(app);
    return app;
}

async function save(app) {
    const { driver } = app.get(TransactionalConnection).rawConnection;
    if (driver.options.type === 'sqljs') await driver.save();
}

async function close(app) {
    await new Promise(resolve => app.getHttpServer().close(resolve));
    await save(app);
    await app.close();
}

open()
    .then(async app => {
        await app.get(JobQueueService).start();
        process.removeAllListeners('SIGTERM'); // the framework's own would close the database before it is saved
        process.once('SIGTERM', () => close(app).then(() => process.exit(0), fail));
        console.log(`ready http://127.0.0.1:${app.getHttpServer().address().port}`);
    })
    .catch(fail);

function fail(error) {
    console.error(error);
    process.exit(1);
}
