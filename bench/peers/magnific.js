// jQuery with Magnific Popup, as the popup plugins of content systems are built: exit, then form.
jQuery(($) => {
  const open = () => $.magnificPopup.open({ items: { src: "#peer" }, type: "inline" });
  $("[data-peer-close]").on("click", () => $.magnificPopup.close());
  $("#peer form").on("submit", (event) => {
    event.preventDefault();
    $.magnificPopup.close();
  });
  $(document).one("mouseleave", (event) => event.clientY < 20 && open());
  window.peer = { open };
});
