// Shows in the editor what each block stands for; its content comes with the page of the shop.
(function (wp, known) {
  "use strict";
  if (!wp || !known) return;
  var element = wp.element.createElement;
  Object.keys(known).forEach(function (name) {
    var block = known[name];
    wp.blocks.registerBlockType("bleib/" + name, {
      apiVersion: 2,
      title: block[0],
      description: block[1],
      icon: block[2],
      category: "widgets",
      edit: function () {
        return element(
          "div",
          wp.blockEditor.useBlockProps(),
          element(wp.components.Placeholder, {
            icon: block[2],
            label: block[0],
            instructions: block[1],
          })
        );
      },
      save: function () {
        return null;
      },
    });
  });
})(window.wp, window.bleibBlocks);
