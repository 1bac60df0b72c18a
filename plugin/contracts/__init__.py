"""What every widget and every platform must offer: read this folder first."""
