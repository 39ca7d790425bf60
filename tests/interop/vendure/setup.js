// What a merchant enters before the first sale: taxes, countries, shipping, two ways to pay.
const dummy = automaticSettle => ({
    code: 'dummy-payment-handler',
    arguments: [{ name: 'automaticSettle', value: String(automaticSettle) }],
});

exports.setup = {
    defaultLanguage: 'en',
    defaultZone: 'Europe',
    countries: [
        { name: 'China', code: 'CN', zone: 'Asia' },
        { name: 'Germany', code: 'DE', zone: 'Europe' },
        { name: 'Netherlands', code: 'NL', zone: 'Europe' },
        { name: 'Portugal', code: 'PT', zone: 'Europe' },
        { name: 'United States of America', code: 'US', zone: 'Americas' },
    ],
    taxRates: [
        { name: 'Standard Tax', percentage: 19 },
        { name: 'Reduced Tax', percentage: 7 },
    ],
    shippingMethods: [
        { name: 'Parcel', price: 490, taxRate: 19 },
        { name: 'Courier', price: 1190, taxRate: 19 },
    ],
    paymentMethods: [
        { name: 'Pay at once', handler: dummy(true) },
        { name: 'Pay on shipping', handler: dummy(false) },
    ],
    collections: [],
};
