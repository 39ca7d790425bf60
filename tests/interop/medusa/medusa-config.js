// A Medusa without admin pages and Redis; nothing of the platform is changed.
const { defineConfig } = require('@medusajs/framework/utils');

module.exports = defineConfig({
    admin: { disable: true },
    projectConfig: {
        databaseUrl: process.env.DATABASE_URL,
        databaseDriverOptions: { connection: { ssl: false } },
        http: {
            host: '127.0.0.1',
            port: Number(process.env.PORT),
            storeCors: 'http://127.0.0.1',
            adminCors: 'http://127.0.0.1',
            authCors: 'http://127.0.0.1',
            jwtSecret: 'interop',
            cookieSecret: 'interop',
        },
    },
});
