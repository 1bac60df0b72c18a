"""What lies in a parcel beside the goods: a printed greeting with a link, a small surprise."""
