// Gives a mail the height that it needs, so that only the page scrolls.
(() => {
  const frame = document.querySelector(".letter iframe");
  if (!frame) return;
  const fit = () => {
    const height = frame.contentDocument?.documentElement.scrollHeight;
    if (height) frame.style.height = `${height}px`;
  };
  frame.addEventListener("load", fit);
  addEventListener("resize", fit);
  fit();
})();
