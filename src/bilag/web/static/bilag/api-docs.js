// Swagger UI for our own OpenAPI document. A token entered under "Authorize" stays in this page.
"use strict";
const place = document.getElementById("operations");
SwaggerUIBundle({
  url: place.dataset.openapi,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: false,
  validatorUrl: null,
});
