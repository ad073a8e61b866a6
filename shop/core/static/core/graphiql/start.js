// GraphiQL 3.9.0 with React 18.3.1: the built files of their npm packages, served by the shop.
const welcome = `# Welcome to the shop. Press Ctrl+Enter to run this.
# To act as somebody: run signIn, then give its token under "Headers":
# { "Authorization": "Bearer …" }
{
  products(first: 3, search: "shirt") {
    edges { node { name price currency inStock vendor { name } } }
  }
}
`;
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: window.location.pathname }),
    defaultQuery: welcome,
    defaultEditorToolsVisibility: "headers",
    shouldPersistHeaders: false,
  }),
);
