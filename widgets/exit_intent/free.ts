// Whether a part of the window is free of anything that a shopper could want to use.

const CONTROLS = "a,button,input,select,textarea,summary,iframe,[role=button]";

type Box = Readonly<Record<"left" | "top" | "right" | "bottom", number>>;

/** Whether no control of the page is to be seen there. */
export const free = ({ left, top, right, bottom }: Box) =>
  ![...document.querySelectorAll(CONTROLS)].some((control) => {
    const box = control.getBoundingClientRect();
    return (
      box.width &&
      box.left < right &&
      box.right > left &&
      box.top < bottom &&
      box.bottom > top &&
      control.checkVisibility?.({ visibilityProperty: true, opacityProperty: true }) !== false
    );
  });
